namespace Lazuli.Compute;

/// <summary>The growth of training compute since 1957: lines, claims and the viewer's own runs.</summary>
public static class ComputeTrend
{
    private const double ModernSince = 2012; // the article's line begins with AlexNet's year
    private const double ModernUntil = 2018;
    private const int DigestAt = 7; // behind "sha256:"
    private const int DigestTo = 13;

    private static readonly (double? From, double? To)[] s_windows = [(null, 2010), (ModernSince, ModernUntil), (2010, null), (2018, null)];
    private static readonly (double? From, double? To)[] s_drawnWindows = [(null, 2010), (2010, null)];
    private static readonly (double? From, double? To)[] s_handPickedWindow = [(ModernSince, ModernUntil)];

    /// <summary>A run's compute beside AlexNet's.</summary>
    /// <param name="flop">The run's operations, above zero.</param>
    public static TrendComparison Compare(double flop)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(flop);
        return new TrendComparison(flop, ComputeDataSets.BuiltIn(ComputeDataSets.OpenAi).Find(TrendClaims.Start)!.Flop);
    }

    /// <summary>Both built-in tables as they are shown when nobody asks for anything else.</summary>
    public static TrendReport Usual(DateOnly today, IReadOnlyList<TrendRun> runs) =>
        Analyse(new TrendRequest { DataSets = [.. ComputeDataSets.Names.Select(ComputeDataSets.BuiltIn)], Today = today, Runs = runs });

    /// <summary>Fits, claims and warnings of a request.</summary>
    /// <exception cref="ArgumentException">No table, a window that ends before it begins, or a bad noise factor.</exception>
    public static TrendReport Analyse(TrendRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.DataSets.Count == 0)
        {
            throw new ArgumentException("There is no data set to show.", nameof(request));
        }

        request = request with { DataSets = [.. Named(request.DataSets)] };
        ComputeDataSet openAi = ComputeDataSets.BuiltIn(ComputeDataSets.OpenAi);
        ComputeDataSet epoch = ComputeDataSets.BuiltIn(ComputeDataSets.Epoch);
        TrendFit refit = Refit(openAi, request.Seed);
        return new TrendReport
        {
            DataSets = request.DataSets,
            Outcomes = [.. request.DataSets.SelectMany(d => Outcomes(d, request))],
            Drawn = [.. request.DataSets.SelectMany(d => Drawn(d, request)).OfType<FitOutcome.Fitted>().Select(f => f.Fit)],
            Published = PublishedTrend.All,
            Refit = refit,
            Claims = TrendClaims.Make(openAi, request.DataSets.Where(d => d.Digest != openAi.Digest), refit),
            Prospect = Prospect(openAi, request.DataSets.Append(epoch), request.Today),
            Differences = request.DataSets is [var one, var other] ? TableDifference.Between(one, other) : null,
            Runs = request.Runs,
            Today = request.Today,
            Warnings = [.. Warnings(request.DataSets)],
        };
    }

    private static TrendFit Refit(ComputeDataSet openAi, ulong seed) =>
        ((FitOutcome.Fitted)TrendFitter.Fit(openAi, new TrendQuery { Rule = FrontierRule.All, From = ModernSince, To = ModernUntil, Seed = seed })).Fit;

    // Two files can have one name, and one table can be named twice.
    private static IEnumerable<ComputeDataSet> Named(IEnumerable<ComputeDataSet> dataSets)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ComputeDataSet dataSet in dataSets.DistinctBy(d => d.Digest))
        {
            yield return names.Add(dataSet.Name) ? dataSet : dataSet with { Name = $"{dataSet.Name} ({dataSet.Digest[DigestAt..DigestTo]})" };
        }
    }

    private static IEnumerable<FitOutcome> Outcomes(ComputeDataSet dataSet, TrendRequest request)
    {
        FrontierRule[] rules = request.Rule is { } rule ? [rule] : Enum.GetValues<FrontierRule>();
        foreach ((double? from, double? to) in Windows(dataSet, request, s_windows))
        {
            foreach (FrontierRule each in rules)
            {
                FitOutcome outcome = TrendFitter.Fit(dataSet, QueryOf(request, each, from, to));
                if (outcome is FitOutcome.Fitted || IsChosen(request))
                {
                    yield return outcome; // a usual window that the table does not reach is no news; one that was asked for is
                }
            }
        }
    }

    private static IEnumerable<FitOutcome> Drawn(ComputeDataSet dataSet, TrendRequest request) =>
        Windows(dataSet, request, s_drawnWindows).Select(w => TrendFitter.Fit(dataSet, QueryOf(request, request.Rule ?? dataSet.NaturalRule, w.From, w.To)));

    private static (double? From, double? To)[] Windows(ComputeDataSet dataSet, TrendRequest request, (double? From, double? To)[] usual) =>
        IsChosen(request) ? [(request.From, request.To)] : dataSet.IsHandPicked ? s_handPickedWindow : usual;

    private static bool IsChosen(TrendRequest request) => request.From is not null || request.To is not null;

    private static TrendQuery QueryOf(TrendRequest request, FrontierRule rule, double? from, double? to) =>
        new() { Rule = rule, From = from, To = to, HistoryFrom = request.HistoryFrom, NoiseFactor = request.NoiseFactor, Seed = request.Seed };

    private static TrendProspect Prospect(ComputeDataSet openAi, IEnumerable<ComputeDataSet> dataSets, DateOnly today)
    {
        EndPoints ends = TrendClaims.Ends(openAi)!;
        (ComputeEstimate largest, string from) = dataSets.SelectMany(d => d.Estimates.Select(e => (e, d.Name))).MaxBy(pair => pair.e.Flop);
        double now = EstimateDate.DecimalYearOf(today);
        return new TrendProspect
        {
            From = ends.To,
            MooreFrom = ends.From,
            Largest = largest,
            LargestFrom = from,
            ForetoldToday = Carried(ends.To, now, TrendClaims.BestFit),
            ForetoldThen = Carried(ends.To, largest.Date.DecimalYear, TrendClaims.BestFit),
            Moore24Today = Carried(ends.From, now, TrendClaims.MooreLong),
            Moore18Today = Carried(ends.From, now, TrendClaims.MooreShort),
        };
    }

    private static double Carried(ComputeEstimate from, double decimalYear, double doublingMonths) =>
        from.Flop * DoublingTime.Growth(decimalYear - from.Date.DecimalYear, doublingMonths);

    private static IEnumerable<string> Warnings(IReadOnlyList<ComputeDataSet> dataSets)
    {
        for (int i = 0; i < dataSets.Count; i++)
        {
            for (int j = i + 1; j < dataSets.Count; j++)
            {
                if (dataSets[i].Scope != dataSets[j].Scope || dataSets[i].Scope == ComputeScope.Unknown)
                {
                    yield return new TrendScopeException(dataSets[i], dataSets[j]).Message;
                }
            }
        }

        foreach (ComputeDataSet dataSet in dataSets)
        {
            if (dataSet.Name == ComputeDataSets.Epoch)
            {
                yield return $"{dataSet.Name} holds {dataSet.Selection} Its lines under the rules 'all' and 'top10' are of this selection.";
            }

            if (dataSet.Scope == ComputeScope.Unknown)
            {
                yield return $"{dataSet.Name}: {dataSet.ScopeRule}";
            }
        }
    }
}
