namespace Lazuli.Compute;

/// <summary>One version of one table of compute estimates. It never changes: a correction is another version under another name and digest.</summary>
public sealed record ComputeDataSet
{
    /// <summary>Name on the command line, with its version: <c>openai-2018</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>Where the values are from.</summary>
    public required string Source { get; init; }

    /// <summary>Under which terms they may be shown.</summary>
    public required string Licence { get; init; }

    /// <summary>The words that have to stand beside the values.</summary>
    public required string Attribution { get; init; }

    /// <summary>When the values were taken; null when nobody said.</summary>
    public DateOnly? Retrieved { get; init; }

    /// <summary>What the table counts as training compute.</summary>
    public required ComputeScope Scope { get; init; }

    /// <summary>The scope in a sentence.</summary>
    public required string ScopeRule { get; init; }

    /// <summary>Which value is taken where there are several.</summary>
    public string ValueRule { get; init; } = string.Empty;

    /// <summary>Which systems are in it, in a sentence.</summary>
    public required string Selection { get; init; }

    /// <summary>Whether the rows are already the frontier of their day, chosen by hand: then all of them are fitted unless another rule is asked.</summary>
    public bool IsHandPicked { get; init; }

    /// <summary><c>sha256:</c> and the hash of the table's bytes. Every result says which digest it was made from.</summary>
    public required string Digest { get; init; }

    /// <summary>The estimates, by date and within a day by compute.</summary>
    public required IReadOnlyList<ComputeEstimate> Estimates { get; init; }

    /// <summary>What reading left out or found odd.</summary>
    public required TableReading Reading { get; init; }

    /// <summary>The rule that holds when nobody chooses one.</summary>
    public FrontierRule NaturalRule => IsHandPicked ? FrontierRule.All : FrontierRule.Records;

    /// <summary>The estimate of a system by its name; null when the table has none.</summary>
    public ComputeEstimate? Find(string system) => Estimates.FirstOrDefault(e => string.Equals(e.System, system, StringComparison.OrdinalIgnoreCase));

    /// <summary>Both tables' estimates as one.</summary>
    /// <exception cref="TrendScopeException">They do not count the same thing, or one of them does not say what it counts.</exception>
    public ComputeDataSet JoinedWith(ComputeDataSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Scope != other.Scope || Scope == ComputeScope.Unknown)
        {
            throw new TrendScopeException(this, other);
        }

        return this with
        {
            Name = $"{Name}+{other.Name}",
            Title = $"{Title}; {other.Title}",
            Source = $"{Source}; {other.Source}",
            Licence = $"{Licence}; {other.Licence}",
            Attribution = $"{Attribution}; {other.Attribution}",
            Selection = $"{Selection} {other.Selection}",
            IsHandPicked = IsHandPicked && other.IsHandPicked,
            Digest = EstimateTable.DigestOf([.. System.Text.Encoding.UTF8.GetBytes(Digest + other.Digest)]),
            Estimates = EstimateTable.Ordered(Estimates.Concat(other.Estimates)),
            Reading = Reading.Plus(other.Reading),
        };
    }
}
