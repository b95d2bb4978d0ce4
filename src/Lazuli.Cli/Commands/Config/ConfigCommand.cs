using System.CommandLine;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary><c>lazuli config show</c>: each setting with where it came from.</summary>
internal static class ConfigCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var show = new Command("show", "Print every setting and where its value comes from.") { json };
        show.SetAction(parsed => Show(terminal, parsed.GetValue(json)));
        return CommandTree.Noun("config", "Settings of this installation.", show);
    }

    private static int Show(Terminal terminal, bool json)
    {
        LazuliHome home = LazuliHome.FromEnvironment();
        bool moved = !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(LazuliHome.EnvironmentVariable));
        SettingValue[] all = [new SettingValue("Home", home.Root, moved ? LazuliHome.EnvironmentVariable : "default"), .. SettingsReader.Read(home).Values];
        if (json)
        {
            terminal.WriteJson(all.Select(v => new { v.Name, Value = v.Shown, v.Origin }));
        }
        else
        {
            terminal.WriteTable(["setting", "value", "from"], all.Select(v => new[] { v.Name, v.Shown, v.Origin }));
        }

        return ExitCode.Done;
    }
}
