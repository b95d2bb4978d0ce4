using System.Text;

namespace Lazuli.Inference;

/// <summary>What a rule of a grammar says: a tree that <see cref="GrammarNetworkBuilder"/> lays out as a network.</summary>
internal abstract record GrammarExpression
{
    public static GrammarExpression Empty { get; } = new SequenceExpression([]);

    /// <summary>Nothing at all matches.</summary>
    public static GrammarExpression Never { get; } = new ChoiceExpression([]);

    public static GrammarExpression Text(string text) => new BytesExpression(Encoding.UTF8.GetBytes(text));

    public static GrammarExpression Sequence(params GrammarExpression[] parts) => new SequenceExpression(parts);

    public static GrammarExpression Choice(params GrammarExpression[] options) => new ChoiceExpression(options);

    public static GrammarExpression Optional(GrammarExpression part) => new RepeatExpression(part, 0, 1);
}

internal sealed record BytesExpression(byte[] Bytes) : GrammarExpression;

/// <summary>One character of the set, in UTF-8.</summary>
internal sealed record CharactersExpression(CharacterSet Set) : GrammarExpression;

internal sealed record SequenceExpression(IReadOnlyList<GrammarExpression> Parts) : GrammarExpression;

internal sealed record ChoiceExpression(IReadOnlyList<GrammarExpression> Options) : GrammarExpression;

/// <summary>From <paramref name="Min"/> to <paramref name="Max"/> times; without end where null.</summary>
internal sealed record RepeatExpression(GrammarExpression Part, int Min, int? Max) : GrammarExpression;

internal sealed record RuleExpression(int Rule) : GrammarExpression;

/// <summary>Members in order with a separator between those that are there; the optional ones may be left out.</summary>
internal sealed record MembersExpression(IReadOnlyList<(GrammarExpression Member, bool IsRequired)> Members, GrammarExpression Separator) : GrammarExpression;
