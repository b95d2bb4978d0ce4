using System.Diagnostics;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Finish reasons as the wire names them; official clients throw on any other word.</summary>
internal static class FinishReasonNames
{
    public static string Name(FinishReason reason) => reason switch
    {
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        _ => throw new UnreachableException(),
    };
}
