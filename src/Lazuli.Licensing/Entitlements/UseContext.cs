using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>A question with the facts that its clauses are held against.</summary>
internal readonly struct UseContext
{
    public required CompiledFacts Facts { get; init; }

    public required EntitlementQuestion Question { get; init; }

    /// <summary>The asking party.</summary>
    public required Party Asker { get; init; }

    public required ModelFacts Model { get; init; }

    /// <summary>The field of use asked for: the question's, else the project's; null for any that the licence has.</summary>
    public required string? Field { get; init; }

    public required DateTimeOffset Now { get; init; }
}
