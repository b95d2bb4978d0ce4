using Lazuli.Contracts;

namespace Lazuli.Compute;

/// <summary>What a calendar month's compute was: by project and in total, training against serving, against the budget.</summary>
public sealed record MonthlyReport
{
    /// <summary>Name of the line that holds the sums.</summary>
    public const string TotalName = "all projects";

    private static readonly TimeSpan s_firstForecast = TimeSpan.FromHours(1);

    /// <summary>The month, <c>YYYY-MM</c>, UTC.</summary>
    public required string Month { get; init; }

    /// <summary>When the report was made.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Whether the month is over.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Currency of all money.</summary>
    public required string Currency { get; init; }

    /// <summary>What cost leaves out, and why; null when it is whole.</summary>
    public required string? CostNote { get; init; }

    /// <summary>One a project that took anything, in order of name.</summary>
    public required IReadOnlyList<ProjectAccount> Projects { get; init; }

    /// <summary>The sums of <see cref="Projects"/>.</summary>
    public required ProjectAccount Total { get; init; }

    /// <summary>How much of the installation was at work.</summary>
    public required Utilisation Utilisation { get; init; }

    /// <summary>Petaflop/s-days at the month's end.</summary>
    public required BudgetForecast<double> ComputeForecast { get; init; }

    /// <summary>Money at the month's end.</summary>
    public required BudgetForecast<decimal> MoneyForecast { get; init; }

    /// <summary>What each run took in the month.</summary>
    public required IReadOnlyList<RunAccount> Runs { get; init; }

    /// <summary>What serving took in the month, by project, key and model.</summary>
    public required IReadOnlyList<ServedModelAccount> Served { get; init; }

    /// <summary>What each figure means.</summary>
    public required IReadOnlyList<ComputeDefinition> Definitions { get; init; }

    /// <summary>Makes the report of <paramref name="month"/> as it stands at <paramref name="now"/>.</summary>
    /// <param name="month">The month.</param>
    /// <param name="now">Not before the month begins.</param>
    /// <param name="runs">Every run, whenever it was; each id once.</param>
    /// <param name="served">What serving took; other months are passed over.</param>
    /// <param name="rates">Prices and assumptions.</param>
    /// <exception cref="ArgumentException">The month lies ahead, a run occurs twice, or a figure cannot be true.</exception>
    public static MonthlyReport Of(CalendarMonth month, DateTimeOffset now, IReadOnlyList<RunFacts> runs, IReadOnlyList<ServingUse> served, ComputeRates rates)
    {
        if (now < month.Start)
        {
            throw new ArgumentException($"The month {month} has not begun.", nameof(month));
        }

        if (runs.GroupBy(r => r.Id, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The run {twice.Key} occurs {twice.Count()} times; it would be counted as often.", nameof(runs));
        }

        RunAccount[] trained = [.. runs.Where(r => r.UsedIn(month) != default).Select(r => RunAccount.Of(r, month, rates))];
        IReadOnlyList<ServedModelAccount> models = ServedModelAccount.Of(served.Where(s => IsIn(month, s)), rates);
        ProjectAccount[] projects = [.. ProjectsOf(trained, models, rates)];
        ProjectAccount total = ProjectAccount.Of(
            TotalName,
            TrainingAccount.Sum([.. projects.Select(p => p.Training)], rates),
            ServingAccount.Sum([.. projects.Select(p => p.Serving)], rates),
            rates);
        double share = ShareGoneBy(month, now);
        bool isForecast = now - month.Start >= s_firstForecast;
        return new MonthlyReport
        {
            Month = month.ToString(),
            AsOf = now,
            IsComplete = share >= 1,
            Currency = rates.Currency,
            CostNote = rates.CostNote,
            Projects = projects,
            Total = total,
            Utilisation = new Utilisation(rates.Devices, total.Total.DeviceSeconds, rates.Devices * (month.End - month.Start).TotalSeconds * share),
            ComputeForecast = new BudgetForecast<double>("petaflop/s-days", total.Total.PetaflopDays, isForecast ? total.Total.PetaflopDays / share : null, rates.MonthlyBudgetPetaflopDays),
            MoneyForecast = new BudgetForecast<decimal>(rates.Currency, total.Total.Cost, isForecast ? ForecastOf(total.Total.Cost, share) : null, rates.MonthlyBudgetMoney),
            Runs = trained,
            Served = models,
            Definitions = ComputeDefinitions.OfReports(rates),
        };
    }

    private static IEnumerable<ProjectAccount> ProjectsOf(IReadOnlyList<RunAccount> trained, IReadOnlyList<ServedModelAccount> models, ComputeRates rates) =>
        trained.Select(r => r.Project).Concat(models.Select(m => m.Project)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(project => ProjectAccount.Of(
                project,
                TrainingAccount.Of([.. trained.Where(r => r.Project == project)], rates),
                ServingAccount.Sum([.. models.Where(m => m.Project == project).Select(m => m.Account)], rates),
                rates));

    private static bool IsIn(CalendarMonth month, ServingUse use)
    {
        DateTimeOffset day = new(use.Day, TimeOnly.MinValue, TimeSpan.Zero);
        return day >= month.Start && day < month.End;
    }

    private static double ShareGoneBy(CalendarMonth month, DateTimeOffset now) => Math.Min(1, (now - month.Start) / (month.End - month.Start));

    // A forecast is an estimate, so dividing by a measured share is right here; what was spent stays exact.
    private static decimal? ForecastOf(decimal? spent, double share) => spent is { } money ? decimal.Round(money / (decimal)share, 6) : null;
}
