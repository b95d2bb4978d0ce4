namespace Lazuli.Compute;

/// <summary>Applies a frontier rule.</summary>
internal static class Frontier
{
    private const int Top = 10;

    /// <summary>The estimates that the rule takes, of those in order of date and, within a day, of compute.</summary>
    /// <param name="ordered">The whole history, since what is a record depends on everything before it.</param>
    /// <param name="rule">The rule.</param>
    public static IReadOnlyList<ComputeEstimate> Select(IReadOnlyList<ComputeEstimate> ordered, FrontierRule rule) => rule switch
    {
        FrontierRule.All => ordered,
        FrontierRule.Records => Records(ordered),
        FrontierRule.Top10 => AmongTop(ordered),
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Not a frontier rule."),
    };

    /// <summary>The rule's name on the command line and in pictures.</summary>
    public static string NameOf(FrontierRule rule) => rule switch { FrontierRule.All => "all", FrontierRule.Records => "records", _ => "top10" };

    private static List<ComputeEstimate> Records(IReadOnlyList<ComputeEstimate> ordered)
    {
        var records = new List<ComputeEstimate>();
        double most = 0;
        foreach (ComputeEstimate estimate in ordered)
        {
            if (estimate.Flop > most)
            {
                records.Add(estimate);
                most = estimate.Flop;
            }
        }

        return records;
    }

    private static List<ComputeEstimate> AmongTop(IReadOnlyList<ComputeEstimate> ordered)
    {
        var taken = new List<ComputeEstimate>();
        var largest = new PriorityQueue<double, double>(); // the ten largest so far, the smallest of them first
        foreach (ComputeEstimate estimate in ordered)
        {
            if (largest.Count < Top || estimate.Flop >= largest.Peek())
            {
                taken.Add(estimate);
                largest.Enqueue(estimate.Flop, estimate.Flop);
                if (largest.Count > Top)
                {
                    largest.Dequeue();
                }
            }
        }

        return taken;
    }
}
