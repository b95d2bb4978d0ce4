using System.CommandLine;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary><c>lazuli logout</c>: ends the session that <c>lazuli login</c> opened.</summary>
internal static class LogoutCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("logout", "End the session, at the server and here.");
        command.SetAction((_, cancel) => RunAsync(terminal, cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, CancellationToken cancel)
    {
        LazuliHome home = LazuliHome.FromEnvironment();
        if (SavedSession.Read(home) is not { } saved)
        {
            await terminal.Talk.WriteLineAsync("Nobody is signed in.").ConfigureAwait(false);
            return ExitCode.Done;
        }

        SavedSession.Forget(home); // whatever the server says, this machine no longer has it
        try
        {
            await using var link = new AdminLink(new RemoteServer(saved.Server, saved.Session));
            await link.PostAsync($"sessions/{Uri.EscapeDataString(saved.Id)}/end", body: null, cancel).ConfigureAwait(false);
        }
        catch (CommandException e)
        {
            throw new CommandException($"Signed out here, but {RemoteServer.Text(saved.Server)} did not end the session {saved.Id}, which goes on until {saved.ExpiresAt:u}: {e.Message}", e.ExitCode, e);
        }

        await terminal.Talk.WriteLineAsync($"Signed out of {RemoteServer.Text(saved.Server)}.").ConfigureAwait(false);
        return ExitCode.Done;
    }
}
