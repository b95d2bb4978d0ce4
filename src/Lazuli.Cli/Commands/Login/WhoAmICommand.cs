using System.CommandLine;
using Lazuli.Gateway;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary><c>lazuli whoami</c>.</summary>
internal static class WhoAmICommand
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("whoami", "Say who one is to the server that commands go to, and which that is.") { json };
        command.SetAction((parsed, cancel) => RunAsync(terminal, parsed.GetValue(json), cancel));
        return RemoteServer.MayBeElsewhere(command);
    }

    /// <summary>Name, roles and party in words.</summary>
    public static string Describe(SignedIn me) => $"{(me.Name is null ? me.Actor : $"{me.Name} ({me.Actor})")}, {RoleText.Of(me.Roles)} of {me.Party?.Value ?? "the installation"}";

    private static async Task<int> RunAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        LazuliHome home = LazuliHome.FromEnvironment();
        string where = RemoteServer.Choose(home)?.ToString() ?? home.Root;
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        SignedIn me = await link.GetAsync<SignedIn>("me", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(new { server = where, me.Actor, me.Name, me.Party, me.Roles });
        }
        else
        {
            await terminal.Data.WriteLineAsync($"{Describe(me)}, at {where}").ConfigureAwait(false);
        }

        return ExitCode.Done;
    }
}
