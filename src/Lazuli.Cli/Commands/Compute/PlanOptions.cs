using System.Globalization;
using Lazuli.Compute;

namespace Lazuli.Cli;

/// <summary>The words of <c>lazuli compute plan</c>, and what they mean or why they are refused.</summary>
internal sealed record PlanOptions(
    string? Budget, string? Hours, string? Nodes, string? Hardware, string? Network, int? Vocabulary, int? Context,
    string Law, bool Scale, string? Write, string[] Corpus, bool Json)
{
    private const int LeastVocabulary = 261;
    private const int LeastContext = 16;
    private const int Most = 1 << 20;

    /// <summary>Budget or hours, and nodes.</summary>
    public (ComputeBudget? Budget, double? Hours, int Nodes) Limits()
    {
        if ((Budget is null) == (Hours is null))
        {
            throw Refuse($"expected either --budget ({ComputeBudget.Accepted}) or --hours (above 0 and at most {Planner.MostHours:N0}); got {(Budget is null ? "neither" : "both")}.");
        }

        RefuseOutside("--vocabulary", Vocabulary, LeastVocabulary);
        RefuseOutside("--context", Context, LeastContext);
        ComputeBudget? budget = null;
        if (Budget is { } text)
        {
            budget = ComputeBudget.TryParse(text, out string reason) ?? throw Refuse($"--budget: {reason}. Accepted: {ComputeBudget.Accepted}.");
        }

        return (budget, Hours is { } hours ? ReadHours(hours) : null, ReadNodes());
    }

    /// <summary>The devices to plan for.</summary>
    public HardwareProfile[] Devices(HardwareCatalog catalog)
    {
        if (Hardware is null)
        {
            return [catalog.MeasuredHere ?? throw new CommandException("This machine was not measured yet: run 'lazuli bench limits' once, or name a device with --hardware (see 'lazuli compute hardware list').", ExitCode.Usage)];
        }

        string[] names = Hardware.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length == 0 ? throw Refuse("--hardware names no device.") : [.. names.Distinct(StringComparer.Ordinal).Select(n => ComputeHardware.Find(catalog, n))];
    }

    /// <summary>The network between hosts of <paramref name="device"/>.</summary>
    public NetworkProfile NetworkFor(HardwareCatalog catalog, HardwareProfile device)
    {
        string name = Network ?? (device.Status == ProfileStatus.MeasuredHere ? "ethernet-10g" : "infiniband-400g");
        return catalog.FindNetwork(name) ?? throw Refuse($"there is no network '{name}'. Known: {string.Join(", ", catalog.Networks.Select(n => n.Name))}.");
    }

    private static double ReadHours(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double hours) && hours is > 0 and <= Planner.MostHours
            ? hours
            : throw Refuse($"--hours is '{text}'; expected a number of hours above 0 and at most {Planner.MostHours:N0} (ten years), e.g. 8.");

    private int ReadNodes() =>
        Nodes is null ? 1
        : int.TryParse(Nodes, NumberStyles.None, CultureInfo.InvariantCulture, out int nodes) && nodes is >= 1 and <= Planner.MostNodes ? nodes
        : throw Refuse($"--nodes is '{Nodes}'; expected a whole number from 1 to {Planner.MostNodes:N0}.");

    private static void RefuseOutside(string option, int? value, int least)
    {
        if (value is { } given && given is var n && (n < least || n > Most))
        {
            throw Refuse($"{option} is {n}; expected {least} to {Most:N0}.");
        }
    }

    private static CommandException Refuse(FormattableString reason) => new("compute plan: " + reason.ToString(CultureInfo.InvariantCulture), ExitCode.Usage);

    private static CommandException Refuse(string reason) => new("compute plan: " + reason, ExitCode.Usage);
}
