namespace Lazuli.Contracts;

/// <summary>What is counted and priced.</summary>
public enum UsageMeter
{
    /// <summary>Prompt tokens that were not found in the cache.</summary>
    InputTokens,

    /// <summary>Prompt tokens found in the cache.</summary>
    CachedInputTokens,

    /// <summary>Generated tokens.</summary>
    OutputTokens,

    /// <summary>Requests.</summary>
    Requests,

    /// <summary>Whole seconds of a device, begun ones counted; training jobs.</summary>
    DeviceSeconds,
}
