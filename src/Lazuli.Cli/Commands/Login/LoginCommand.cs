using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary><c>lazuli login</c>: signs in to a server elsewhere, for the commands that follow.</summary>
internal static class LoginCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("login", $"Sign in to a server elsewhere. The token comes from {RemoteServer.TokenVariable}, from standard input, or is asked for; it is never an argument.");
        command.SetAction((_, cancel) => RunAsync(terminal, cancel));
        return RemoteServer.MayBeElsewhere(command);
    }

    private static async Task<int> RunAsync(Terminal terminal, CancellationToken cancel)
    {
        LazuliHome home = LazuliHome.FromEnvironment();
        Uri address = RemoteServer.Named() ?? SavedSession.Read(home)?.Server ?? throw new CommandException($"Name the server: lazuli login --server https://HOST, or set {RemoteServer.ServerVariable}.", ExitCode.Usage);
        string? token = Environment.GetEnvironmentVariable(RemoteServer.TokenVariable) is { Length: > 0 } set ? set : await terminal.ReadSecretAsync($"Token for {RemoteServer.Text(address)}: ", cancel).ConfigureAwait(false);
        if (string.IsNullOrWhiteSpace(token))
        {
            throw new CommandException($"There is no token: set {RemoteServer.TokenVariable}, write it to standard input, or type it.", ExitCode.Usage);
        }

        await using var link = new AdminLink(new RemoteServer(address, token.Trim()));
        SignedIn me = await link.GetAsync<SignedIn>("me", cancel).ConfigureAwait(false);
        if (me.Name is null)
        {
            throw new CommandException($"'{me.Actor}' is known by its issuer's token only and has no session here: set {RemoteServer.TokenVariable} to a fresh token for each command, with --server {RemoteServer.Text(address)}.", ExitCode.Refused);
        }

        CreatedToken session = await link.PostAsync<CreatedToken>("sessions/", body: (object?)null, cancel).ConfigureAwait(false);
        new SavedSession(address, session.Token, session.Record.Id, session.Record.ExpiresAt).Write(home);
        await terminal.Talk.WriteLineAsync($"Signed in to {RemoteServer.Text(address)} as {WhoAmICommand.Describe(me)}{(session.Record.ExpiresAt is { } end ? $", until {end.ToString("u", CultureInfo.InvariantCulture)}" : "")}.").ConfigureAwait(false);
        return ExitCode.Done;
    }
}
