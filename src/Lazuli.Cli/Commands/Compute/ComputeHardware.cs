using System.CommandLine;
using System.Globalization;
using Lazuli.Compute;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary><c>lazuli compute hardware list|show</c>: the profiles that plans and accounts are made with.</summary>
internal static class ComputeHardware
{
    private const int PlainDigits = 4;

    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "List devices and networks: this machine as measured, your own profiles, and those that come with Lazuli.") { json };
        list.SetAction(parsed => List(terminal, parsed.GetValue(json)));
        var name = new Argument<string>("name") { Description = "Name of a device or network." };
        var show = new Command("show", "Show every figure of a profile with its unit and its source.") { name, json };
        show.SetAction(parsed => Show(terminal, parsed.GetValue(name)!, parsed.GetValue(json)));
        return CommandTree.Noun("hardware", "Profiles of devices and networks.", list, show);
    }

    /// <summary>The catalogue of this home; a file that is wrong is the user's to mend.</summary>
    public static HardwareCatalog ReadCatalog()
    {
        try
        {
            return HardwareCatalog.Read(MachineProfile.Folder(LazuliHome.FromEnvironment()));
        }
        catch (HardwareProfileException e)
        {
            throw new CommandException(e.Message, ExitCode.Usage, e);
        }
    }

    /// <summary>The profile called <paramref name="name"/>.</summary>
    public static HardwareProfile Find(HardwareCatalog catalog, string name) =>
        catalog.Find(name) ?? throw new CommandException($"There is no hardware profile '{name}'. Known: {string.Join(", ", catalog.Profiles.Select(p => p.Name))}.", ExitCode.Usage);

    private static int List(Terminal terminal, bool json)
    {
        HardwareCatalog catalog = ReadCatalog();
        if (json)
        {
            terminal.WriteJson(new { catalog.Version, profiles = catalog.Profiles.Select(ProfileDocument.Of), networks = catalog.Networks.Select(ProfileDocument.Of) });
            return ExitCode.Done;
        }

        terminal.WriteTable(
            ["device", "what", "training type", "peak (TFLOP/s)", "memory (GB)", "memory rate (GB/s)", "power (W)", "status", "measured"],
            catalog.Profiles.Select(p => (string[])
            [
                p.Name, p.Description, TypeName(p.TrainingType), Number(p.TrainingPeak / 1e12), Number(p.MemoryBytes / 1e9), Number(p.MemoryBytesPerSecond / 1e9),
                p.Watts is { } watts ? Number(watts) : "-", StatusName(p.Status), p.MeasuredAt?.ToString("u", CultureInfo.InvariantCulture) ?? "-",
            ]));
        terminal.Data.WriteLine();
        terminal.WriteTable(
            ["network", "what", "rate, one way (GB/s)", "latency of a hop (µs)", "status"],
            catalog.Networks.Select(n => (string[])[n.Name, n.Description, Number(n.Link.BytesPerSecond / 1e9), Number(n.Link.LatencySeconds * 1e6), StatusName(n.Status)]));
        terminal.Data.WriteLine();
        terminal.Data.WriteLine($"table {catalog.Version}. Peaks are dense; an addition and a multiplication count as two operations; T is 1e12, G 1e9. 'lazuli compute hardware show NAME' has sources.");
        return ExitCode.Done;
    }

    private static int Show(Terminal terminal, string name, bool json)
    {
        HardwareCatalog catalog = ReadCatalog();
        if (catalog.FindNetwork(name) is { } network)
        {
            if (json)
            {
                terminal.WriteJson(ProfileDocument.Of(network));
                return ExitCode.Done;
            }

            terminal.WriteTable(
                ["", ""],
                [
                    ["network", network.Name], ["what", network.Description], ["rate, one way", Number(network.Link.BytesPerSecond / 1e9) + " GB/s a device"],
                    ["latency of a hop", Number(network.Link.LatencySeconds * 1e6) + " µs"], ["status", StatusName(network.Status)], ["source", network.Source],
                ]);
            return ExitCode.Done;
        }

        HardwareProfile profile = Find(catalog, name);
        if (json)
        {
            terminal.WriteJson(ProfileDocument.Of(profile));
        }
        else
        {
            terminal.WriteTable(["", ""], Rows(profile));
        }

        return ExitCode.Done;
    }

    private static IEnumerable<string[]> Rows(HardwareProfile p)
    {
        yield return ["device", p.Name];
        yield return ["what", p.Description];
        foreach ((NumberType type, double peak) in p.PeakFlopPerSecond.OrderBy(x => x.Key))
        {
            yield return [$"peak, {TypeName(type)}", $"{Number(peak / 1e12)} T{(type == NumberType.Int8 ? "OP" : "FLOP")}/s{(type == p.TrainingType ? ", what training uses" : "")}"];
        }

        yield return ["memory", $"{Number(p.MemoryBytes / 1e9)} GB"];
        yield return ["memory rate", $"{Number(p.MemoryBytesPerSecond / 1e9)} GB/s"];
        yield return ["last cache", p.CacheBytes is { } cache ? $"{Number(cache / 1e6)} MB" : "not known"];
        yield return ["link inside a host", p.Interconnect is { } link ? $"{Number(link.BytesPerSecond / 1e9)} GB/s one way, {Number(link.LatencySeconds * 1e6)} µs a hop, {p.DevicesPerHost} devices" : "none"];
        yield return ["power", p.Watts is { } watts ? $"{Number(watts)} W ({p.WattsSource})" : "not known"];
        yield return ["price", p.Price is { } price ? string.Create(CultureInfo.InvariantCulture, $"{price.Amount} {price.Currency} an hour on {price.Date:yyyy-MM-dd} ({price.Source})") : "not known"];
        yield return ["product share", p.ProductShare is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:F1} % of the peak, product of 2,048 × 768 × 768") : "not measured"];
        yield return ["operator start", p.OperatorSeconds is { } start ? $"{Number(start * 1e6)} µs" : "not measured"];
        yield return ["status", StatusName(p.Status)];
        yield return ["measured", p.MeasuredAt?.ToString("u", CultureInfo.InvariantCulture) ?? "-"];
        yield return ["source", p.Source];
    }

    public static string TypeName(NumberType type) => type.ToString().ToLowerInvariant();

    public static string StatusName(ProfileStatus status) => status switch
    {
        ProfileStatus.Real => "real",
        ProfileStatus.MeasuredHere => "measured here",
        _ => "proposed",
    };

    /// <summary>Four significant digits, never an exponent.</summary>
    private static string Number(double value)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(Math.Abs(value), 1e-12))) - (PlainDigits - 1));
        return (Math.Round(value / unit) * unit).ToString("#,##0.######", CultureInfo.InvariantCulture);
    }
}
