namespace Lazuli.Contracts;

/// <summary>Why a use is allowed or refused, as one reader may see it.</summary>
public sealed record GrantExplanation
{
    /// <summary>Who asked.</summary>
    public required PartyId Party { get; init; }

    /// <summary>The model's name.</summary>
    public required string ModelName { get; init; }

    /// <summary>What was asked.</summary>
    public required UseRight Right { get; init; }

    /// <summary>When it was decided.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The state that was decided on; with the question and the time it gives the same answer again.</summary>
    public required long Epoch { get; init; }

    /// <summary>Whether it is allowed.</summary>
    public required bool IsAllowed { get; init; }

    /// <summary>Why it is refused; null when it is allowed.</summary>
    public EntitlementRefusal? Code { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>What holds of the model whatever the licences say.</summary>
    public required IReadOnlyList<ExplainedClause> Model { get; init; }

    /// <summary>The licences that could allow it, each with its chain, in the order in which they are asked.</summary>
    public required IReadOnlyList<ExplainedChain> Chains { get; init; }
}

/// <summary>One chain of licences.</summary>
/// <param name="Allows">Whether it allows the use.</param>
/// <param name="Links">From the owner's licence to the asking party's own.</param>
/// <param name="Fault">Why it is no chain; null when it is one.</param>
public sealed record ExplainedChain(bool Allows, IReadOnlyList<ExplainedLink> Links, string? Fault);

/// <summary>One licence of a chain.</summary>
/// <param name="Grant">Its id; null where the reader may not see it.</param>
/// <param name="Licensor">Who granted it; null where the reader may not see it.</param>
/// <param name="Licensee">Who received it; null where the reader may not see it.</param>
/// <param name="Allows">Whether it allows the use by itself.</param>
/// <param name="Clauses">Its clauses; none where the reader may not see them.</param>
public sealed record ExplainedLink(GrantId? Grant, PartyId? Licensor, PartyId? Licensee, bool Allows, IReadOnlyList<ExplainedClause> Clauses);

/// <summary>One clause.</summary>
/// <param name="Name">Which, e.g. <c>field</c>.</param>
/// <param name="Text">What it says.</param>
/// <param name="Holds">Whether the use keeps to it.</param>
public sealed record ExplainedClause(string Name, string Text, bool Holds);
