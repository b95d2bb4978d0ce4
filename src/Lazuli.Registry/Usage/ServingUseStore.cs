using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Registry;

/// <summary>Daily sums of serving in the database.</summary>
internal sealed class ServingUseStore(LazuliDatabase database) : IServingUseStore
{
    private const string DayPattern = "yyyy-MM-dd";

    /// <inheritdoc/>
    public Task AddAsync(IReadOnlyList<ServingUse> uses, CancellationToken cancellationToken)
    {
        foreach (ServingUse use in uses)
        {
            RegistryChecks.Serving(use);
        }

        return database.WriteAsync(
            transaction => uses.Sum(use => transaction.Execute(
                """
                INSERT INTO serving_use (day, project, key, model, requests, prompt_tokens, generated_tokens, flop, device_seconds)
                VALUES (@Day, @Project, @Key, @Model, @Requests, @PromptTokens, @GeneratedTokens, @Flop, @DeviceSeconds)
                ON CONFLICT (day, project, key, model) DO UPDATE SET
                    requests = serving_use.requests + @Requests, prompt_tokens = serving_use.prompt_tokens + @PromptTokens,
                    generated_tokens = serving_use.generated_tokens + @GeneratedTokens,
                    flop = serving_use.flop + @Flop, device_seconds = serving_use.device_seconds + @DeviceSeconds
                """,
                new
                {
                    Day = Format(use.Day),
                    use.Project,
                    use.Key,
                    use.Model,
                    use.Requests,
                    use.PromptTokens,
                    use.GeneratedTokens,
                    use.Flop,
                    use.DeviceSeconds,
                })),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ServingUse>> ListAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        IReadOnlyList<UseRow> rows = await database.QueryAsync<UseRow>(
            """
            SELECT day AS Day, project AS Project, key AS Key, model AS Model, requests AS Requests, prompt_tokens AS PromptTokens,
                   generated_tokens AS GeneratedTokens, flop AS Flop, device_seconds AS DeviceSeconds
            FROM serving_use WHERE day >= @From AND day < @To ORDER BY day, project, key, model
            """,
            new { From = Format(from), To = Format(to) },
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToUse())];
    }

    private static string Format(DateOnly day) => day.ToString(DayPattern, CultureInfo.InvariantCulture);

    private sealed class UseRow
    {
        public string Day { get; init; } = "";

        public string Project { get; init; } = "";

        public string Key { get; init; } = "";

        public string Model { get; init; } = "";

        public long Requests { get; init; }

        public long PromptTokens { get; init; }

        public long GeneratedTokens { get; init; }

        public double Flop { get; init; }

        public double DeviceSeconds { get; init; }

        public ServingUse ToUse() => new()
        {
            Day = DateOnly.ParseExact(Day, DayPattern, CultureInfo.InvariantCulture),
            Project = Project,
            Key = Key,
            Model = Model,
            Requests = Requests,
            PromptTokens = PromptTokens,
            GeneratedTokens = GeneratedTokens,
            Flop = Flop,
            DeviceSeconds = DeviceSeconds,
        };
    }
}
