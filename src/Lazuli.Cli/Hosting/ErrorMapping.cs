using System.Net.Sockets;
using Lazuli.Contracts;
using Lazuli.Registry;
using Lazuli.Storage;
using Lazuli.Training;
using Microsoft.Extensions.Options;

namespace Lazuli.Cli;

/// <summary>The one place where the command line turns what went wrong into a line for the user and an exit code.</summary>
internal static class ErrorMapping
{
    /// <summary>One clear line, never a stack trace.</summary>
    public static (string Message, int ExitCode) Map(Exception exception) => exception switch
    {
        CommandException command => (command.Message, command.ExitCode),
        OperationCanceledException => ("Cancelled.", ExitCode.Cancelled),
        HomeInUseException inUse => (inUse.Message, ExitCode.NotReachable),
        HubException hub => (hub.Message, CodeOf(hub.Failure)),
        EngineRefusedException refused => (refused.Message, ExitCode.Refused),
        IOException { InnerException: SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } } inUse => (inUse.Message, ExitCode.NotReachable),
        IOException io when IsDiskFull(io) => ($"The disk is full: {io.Message} Nothing half-written was left behind; free some room and run it again.", ExitCode.Failed),
        AggregateException { InnerExceptions.Count: 1 } one => Map(one.InnerExceptions[0]),
        InsufficientMemoryException memory => (memory.Message, ExitCode.Failed),
        OptionsValidationException settings => ("Bad settings: " + string.Join(" ", settings.Failures), ExitCode.Usage),
        RecipeException recipe => (recipe.Message, ExitCode.Usage),
        _ when IsOurs(exception) => (exception.Message, ExitCode.Failed),
        IOException or UnauthorizedAccessException => (exception.Message, ExitCode.Failed),
        _ => ($"Unexpected {exception.GetType().Name}: {exception.Message} (set LAZULI_TRACE=1 to see where)", ExitCode.Failed),
    };

    private static int CodeOf(HubFailure failure) => failure switch
    {
        HubFailure.Usage => ExitCode.Usage,
        HubFailure.Gated or HubFailure.NeedsToken => ExitCode.Refused,
        HubFailure.Unreachable or HubFailure.InUse => ExitCode.NotReachable,
        _ => ExitCode.Failed,
    };

    // Rooms name the place, the expected and the found in the messages of their own exceptions: nothing to add.
    private static bool IsOurs(Exception exception) => exception.GetType().Namespace?.StartsWith("Lazuli.", StringComparison.Ordinal) == true;

    private static bool IsDiskFull(IOException exception)
    {
        const int NoSpaceLeft = 28; // ENOSPC
        const int QuotaExceeded = 122; // EDQUOT
        const int WindowsDiskFull = unchecked((int)0x80070070);
        return exception.HResult is NoSpaceLeft or QuotaExceeded or WindowsDiskFull;
    }
}
