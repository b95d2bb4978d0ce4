using System.Text;

namespace Lazuli.Licensing;

/// <summary>Names of enum members as people and tables write them: <c>fine-tune</c>; several flags with commas.</summary>
internal static class WordForm
{
    /// <summary>The member's word, or the words of all flags that are set.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum
    {
        if (!typeof(T).IsDefined(typeof(FlagsAttribute), inherit: false))
        {
            return Kebab(value.ToString());
        }

        long bits = Convert.ToInt64(value, null);
        IEnumerable<string> set = Enum.GetValues<T>().Where(flag => long.IsPow2(Convert.ToInt64(flag, null)) && (bits & Convert.ToInt64(flag, null)) != 0).Select(flag => Kebab(flag.ToString()));
        string words = string.Join(", ", set);
        return words.Length > 0 ? words : "nothing";
    }

    /// <summary>The member of that word.</summary>
    /// <exception cref="FormatException">No member has it.</exception>
    public static T Parse<T>(string word)
        where T : struct, Enum =>
        Enum.TryParse(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out T value) && Enum.IsDefined(value)
            ? value
            : throw new FormatException($"'{word}' is none of {string.Join(", ", Enum.GetValues<T>().Select(member => Kebab(member.ToString())))}.");

    private static string Kebab(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (char c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
