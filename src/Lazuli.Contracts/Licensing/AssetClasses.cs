namespace Lazuli.Contracts;

/// <summary>Kinds of technology that a licence may cover.</summary>
[Flags]
public enum AssetClasses
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The weights themselves.</summary>
    Weights = 1,

    /// <summary>Calling the model.</summary>
    Api = 2,

    /// <summary>Source code.</summary>
    Code = 4,

    /// <summary>Research results and methods.</summary>
    Research = 8,

    /// <summary>Patents.</summary>
    Patents = 16,

    /// <summary>Designs of hardware.</summary>
    HardwareDesigns = 32,

    /// <summary>Training the model further.</summary>
    FineTuning = 64,

    /// <summary>What is made from the model.</summary>
    Derivatives = 128,

    /// <summary>All of them.</summary>
    All = 255,
}
