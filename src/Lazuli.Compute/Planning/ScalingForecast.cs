namespace Lazuli.Compute;

/// <summary>What becomes of a planned run as devices are added, up to <see cref="Planner.MostNodes"/>: a simulation from stated assumptions.</summary>
public static class ScalingForecast
{
    private static readonly int[] s_nodes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, Planner.MostNodes];

    /// <summary>Rows of the table: numbers of devices up to <paramref name="mostNodes"/>, which is among them.</summary>
    public static IReadOnlyList<ScalingPoint> Simulate(PlanRequest request, TrainingPlan plan, int mostNodes)
    {
        var model = new DataParallelModel(request.Hardware, request.Network, request.Assumptions);
        ScalingLaw law = request.Forecast.Law;
        long batch = TrainingRules.BatchTokens(plan.Shape, law);
        double critical = TrainingRules.CriticalBatch(law.Loss(plan.Shape.ParameterCount, law.OptimalTokens(plan.Shape.ParameterCount)));
        double tokens = plan.Tokens / plan.Step.TokenFactor; // what one device would need for the plan's loss
        DataParallelStep alone = model.Step(plan.Shape, batch, batch, critical, 1);
        return [.. s_nodes.Where(n => n < mostNodes).Append(mostNodes).Select(n =>
        {
            DataParallelStep step = n == 1 ? alone : model.Step(plan.Shape, model.FastestBatch(plan.Shape, batch, critical, n), batch, critical, n);
            return new ScalingPoint(step, tokens / step.UsefulTokensPerSecond, step.UsefulTokensPerSecond / (n * alone.UsefulTokensPerSecond));
        })];
    }
}
