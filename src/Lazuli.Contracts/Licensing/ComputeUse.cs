namespace Lazuli.Contracts;

/// <summary>What machines are used for.</summary>
[Flags]
public enum ComputeUse
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Training: jobs.</summary>
    Train = 1,

    /// <summary>Running models: deployments and upstreams.</summary>
    Run = 2,
}
