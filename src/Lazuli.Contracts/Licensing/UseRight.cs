namespace Lazuli.Contracts;

/// <summary>What a licence may let its licensee do with a model.</summary>
[Flags]
public enum UseRight
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Call it.</summary>
    Use = 1,

    /// <summary>Run it for others.</summary>
    Serve = 2,

    /// <summary>Train it further.</summary>
    FineTune = 4,

    /// <summary>Grant others a part of one's own licence.</summary>
    Sublicense = 8,

    /// <summary>Sell its use.</summary>
    Resell = 16,

    /// <summary>Have the weights.</summary>
    ReceiveWeights = 32,
}
