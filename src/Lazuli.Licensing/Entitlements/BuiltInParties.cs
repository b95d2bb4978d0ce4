using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>What a new installation begins with.</summary>
internal static class BuiltInParties
{
    /// <summary>The installation's own lab: owner of every model of which nothing else is said.</summary>
    public static readonly PartyId Lab = new("lab");

    /// <summary>The lab's first project; keys made before there were parties belong to it.</summary>
    public static readonly ProjectId DefaultProject = new("default");
}
