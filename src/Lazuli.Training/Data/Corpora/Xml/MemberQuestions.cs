using System.Text;

namespace Lazuli.Training;

/// <summary>The ways of asking about a member.</summary>
internal static class MemberQuestions
{
    /// <summary>The natural question: what something does, or what it is.</summary>
    public static string Natural(MemberKind kind, string name) => Does(kind) ? $"What does {name} do?" : $"What is {name}?";

    /// <summary>A question chosen by hash: the natural one half of the time, where there are others.</summary>
    public static string Phrase(MemberKind kind, string name, int phrasings, ulong hash)
    {
        if (phrasings == 1 || (hash & 1) == 0)
        {
            return Natural(kind, name);
        }

        return ((hash >> 1) % (ulong)(phrasings - 1)) switch
        {
            0 => Does(kind) ? $"What is {name}?" : $"What does {name} do?",
            1 => $"Describe {name}.",
            _ => $"Explain {name}.",
        };
    }

    /// <summary>Asks for the name of what a summary describes.</summary>
    public static string ForName(string summary, ulong hash) => (hash & 1) == 0 ? $"Which member is this? {summary}" : $"What is the name of this? {summary}";

    /// <summary>Asks for the words that a name is made of.</summary>
    public static string ForWords(string name) => $"Which words are in {name}?";

    /// <summary>Asks for the declaring type.</summary>
    public static string ForType(string name) => $"Which type has {name}?";

    /// <summary>The words of a name in camel case, in lower case: <c>ElementAtOrDefault</c> → <c>element at or default</c>, <c>XmlIOError2</c> → <c>xml io error 2</c>.</summary>
    public static string Words(string name)
    {
        var words = new StringBuilder(name.Length + 8);
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (!char.IsLetterOrDigit(c))
            {
                Separate(words);
                continue;
            }

            char before = i > 0 ? name[i - 1] : ' ';
            bool acronymEnds = char.IsUpper(c) && char.IsUpper(before) && i + 1 < name.Length && char.IsLower(name[i + 1]);
            if ((char.IsUpper(c) && !char.IsUpper(before)) || acronymEnds || char.IsDigit(c) != char.IsDigit(before))
            {
                Separate(words);
            }

            words.Append(char.ToLowerInvariant(c));
        }

        return words.ToString().TrimEnd();
    }

    private static bool Does(MemberKind kind) => kind is MemberKind.Method or MemberKind.Constructor or MemberKind.Operator;

    private static void Separate(StringBuilder words)
    {
        if (words.Length > 0 && words[^1] != ' ')
        {
            words.Append(' ');
        }
    }
}
