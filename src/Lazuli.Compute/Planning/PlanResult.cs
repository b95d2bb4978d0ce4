namespace Lazuli.Compute;

/// <summary>A plan, or why there is none.</summary>
public abstract record PlanResult
{
    private PlanResult()
    {
    }

    /// <summary>There is a plan.</summary>
    public sealed record Planned(TrainingPlan Plan) : PlanResult;

    /// <summary>There is none; <paramref name="Reason"/> says what was asked and what would do.</summary>
    public sealed record Refused(string Reason) : PlanResult;
}
