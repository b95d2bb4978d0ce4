namespace Lazuli.Billing;

/// <summary>What the events of a period with the same profile add up to.</summary>
internal sealed record SumRow
{
    public string Party { get; init; } = "";

    public string GrantChain { get; init; } = "";

    public string PriceVersion { get; init; } = "";

    public string Model { get; init; } = "";

    public long Batch { get; init; }

    public long InputNanos { get; init; }

    public long CachedNanos { get; init; }

    public long OutputNanos { get; init; }

    public long Requests { get; init; }

    public long DeviceSeconds { get; init; }

    public long PromptTokens { get; init; }

    public long CachedTokens { get; init; }

    public long CompletionTokens { get; init; }

    public long ChargeNanos { get; init; }

    public long UnchargedNanos { get; init; }
}
