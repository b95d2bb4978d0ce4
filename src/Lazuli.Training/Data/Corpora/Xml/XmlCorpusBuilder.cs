using System.Text;
using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>Splits members and makes their dialogues.</summary>
internal sealed class XmlCorpusBuilder
{
    private readonly Dictionary<string, DocumentedMember> _members;
    private readonly XmlCorpusOptions _options;
    private readonly List<(ulong Order, CorpusDocument Document)> _documents = [];
    private readonly Dictionary<string, string> _answers = new(StringComparer.Ordinal);

    public XmlCorpusBuilder(Dictionary<string, DocumentedMember> members, XmlCorpusOptions options)
    {
        _members = members;
        _options = options;
    }

    public T Build<T>(long read, Func<IReadOnlyList<CorpusDocument>, IReadOnlyList<HeldOutItem>, IReadOnlyList<NamedAnswer>, CorpusReport, T> make)
    {
        List<MemberEntry> entries = Describe();
        List<MemberEntry[]> names = [.. entries.GroupBy(e => e.Name.Full, StringComparer.Ordinal).Select(g => g.ToArray())];
        List<MemberEntry> spokesmen = [.. names.Select(Spokesman)];
        List<MemberEntry> train = [.. spokesmen.Where(e => e.Split == DataSplit.Train)];
        HashSet<string> taught = [.. entries.Where(e => e.Split == DataSplit.Train).Select(e => e.Key)];
        List<MemberEntry> heldOut = [.. spokesmen.Where(e => e.Split == DataSplit.HeldOut && !taught.Contains(e.Key))];
        AddTraining(entries, train, UniqueShortNames(spokesmen));
        foreach (MemberEntry e in heldOut)
        {
            Add(e, "full", MemberQuestions.Natural(e.Name.Kind, e.Name.Full), e.Summary);
        }

        var items = heldOut
            .OrderBy(e => StableHash.Of(e.Id, _options.Seed + 1)).ThenBy(e => e.Id, StringComparer.Ordinal)
            .Select(e => new HeldOutItem([new ChatTurn("user", MemberQuestions.Natural(e.Name.Kind, e.Name.Full))], e.Summary, e.Id, e.Name.Full));
        long dropped = spokesmen.Count - train.Count - heldOut.Count;
        return make(
            [.. _documents.OrderBy(d => d.Order).ThenBy(d => d.Document.Id, StringComparer.Ordinal).Select(d => d.Document)],
            [.. items],
            [.. train.Select(e => new NamedAnswer(e.Name.Full, e.Summary))],
            new CorpusReport(read, read - _members.Count, train.Count, heldOut.Count, dropped));
    }

    /// <summary>Letters and digits alone, in lower case: texts that differ only in the rest count as one.</summary>
    internal static string Normalize(string text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c))
            {
                normal.Append(char.ToLowerInvariant(c));
            }
        }

        return normal.ToString();
    }

    /// <summary>The first sentences of a text: a sentence ends at a full stop before a space and a capital letter.</summary>
    internal static string FirstSentences(string text, int sentences)
    {
        for (int i = 0; i + 2 < text.Length && sentences > 0; i++)
        {
            if (text[i] is ('.' or '!' or '?') && text[i + 1] == ' ' && char.IsUpper(text[i + 2]) && --sentences == 0)
            {
                return text[..(i + 1)];
            }
        }

        return text;
    }

    private List<MemberEntry> Describe()
    {
        var names = new MemberNames(_members);
        DocumentedMember[] members = [.. _members.Values.OrderBy(m => m.Id, StringComparer.Ordinal)];
        var entries = new MemberEntry?[members.Length];
        Parallel.For(0, members.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i => entries[i] = Describe(names, members[i]));
        return [.. entries.OfType<MemberEntry>()];
    }

    private MemberEntry? Describe(MemberNames names, DocumentedMember member)
    {
        MemberName name = names.Describe(member);
        if (_options.ExcludedNamespaces.Any(n => name.Namespace == n || name.Namespace.StartsWith(n + ".", StringComparison.Ordinal)))
        {
            return null;
        }

        string summary = FirstSentences(SummaryReader.ResolveReferences(member.Summary, names.ReferenceName), _options.Mix.AnswerSentences);
        DataSplit split = StableHash.Fraction(name.Group, _options.Seed) < _options.HeldOutShare ? DataSplit.HeldOut : DataSplit.Train;
        return new MemberEntry(member.Id, name, summary, Normalize(summary), split);
    }

    /// <summary>The overload that answers for its name: of the commonest summary, the one with the shortest signature.</summary>
    private static MemberEntry Spokesman(MemberEntry[] overloads) => overloads
        .GroupBy(e => e.Summary, StringComparer.Ordinal)
        .OrderByDescending(g => g.Count())
        .ThenBy(g => g.Min(e => e.Name.Signature.Length))
        .ThenBy(g => g.Key, StringComparer.Ordinal)
        .First()
        .OrderBy(e => e.Name.Signature.Length).ThenBy(e => e.Id, StringComparer.Ordinal)
        .First();

    /// <summary>For each full name the shortest form that no other name shares; nothing where there is none.</summary>
    private static Dictionary<string, string> UniqueShortNames(List<MemberEntry> spokesmen)
    {
        Dictionary<string, int> uses = new(StringComparer.Ordinal);
        foreach (string form in spokesmen.SelectMany(e => new HashSet<string>(StringComparer.Ordinal) { e.Name.Plain, e.Name.Short }))
        {
            uses[form] = uses.GetValueOrDefault(form) + 1;
        }

        var unique = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (MemberName name in spokesmen.Select(e => e.Name))
        {
            string form = uses[name.Plain] == 1 ? name.Plain : name.Short;
            if (uses[form] == 1 && form != name.Full)
            {
                unique.Add(name.Full, form);
            }
        }

        return unique;
    }

    private void AddTraining(List<MemberEntry> entries, List<MemberEntry> train, Dictionary<string, string> shortNames)
    {
        DialogueMix mix = _options.Mix;
        Dictionary<string, int> namesOfSummary = train.GroupBy(e => e.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        foreach (MemberEntry e in train)
        {
            string shortName = shortNames.GetValueOrDefault(e.Name.Full, e.Name.Full);
            if (Chosen(e, "full", mix.SummaryByFullName))
            {
                Add(e, "full", Phrase(e, e.Name.Full, "full"), e.Summary);
            }

            if (shortName != e.Name.Full && Chosen(e, "short", mix.SummaryByShortName))
            {
                Add(e, "short", Phrase(e, shortName, "short"), e.Summary);
            }

            if (namesOfSummary[e.Key] == 1 && Chosen(e, "name", mix.NameBySummary))
            {
                Add(e, "name", MemberQuestions.ForName(e.Summary, Hash(e, "name phrase")), e.Name.Full);
            }

            if (Chosen(e, "words", mix.WordsOfName))
            {
                Add(e, "words", MemberQuestions.ForWords(shortName), MemberQuestions.Words(e.Name.Member));
            }

            if (e.Name.Kind != MemberKind.Type && Chosen(e, "type", mix.TypeOfMember))
            {
                Add(e, "type", MemberQuestions.ForType(shortName), e.Name.DeclaringType);
            }
        }

        foreach (MemberEntry e in entries)
        {
            if (e.Split == DataSplit.Train && e.Name.Kind is (MemberKind.Method or MemberKind.Constructor or MemberKind.Operator) && Chosen(e, "signature", mix.SummaryBySignature))
            {
                Add(e, "signature", Phrase(e, e.Name.Signature, "signature"), e.Summary);
            }
        }
    }

    /// <summary>Adds a dialogue unless its question already has an answer (signatures in simple names can coincide).</summary>
    private void Add(MemberEntry entry, string kind, string question, string answer)
    {
        if (!_answers.TryAdd(question, answer))
        {
            return;
        }

        string id = $"{entry.Id}|{kind}";
        var document = CorpusDocument.Dialogue(id, entry.Split, [new ChatTurn("user", question), new ChatTurn("assistant", answer)]);
        _documents.Add((StableHash.Of(id, _options.Seed + 2), document));
    }

    private string Phrase(MemberEntry entry, string name, string kind) =>
        MemberQuestions.Phrase(entry.Name.Kind, name, _options.Mix.Phrasings, Hash(entry, kind + " phrase"));

    private bool Chosen(MemberEntry entry, string kind, double share) => share > 0 && StableHash.Fraction($"{entry.Id}|{kind}", _options.Seed + 3) < share;

    private ulong Hash(MemberEntry entry, string kind) => StableHash.Of($"{entry.Id}|{kind}", _options.Seed + 4);
}
