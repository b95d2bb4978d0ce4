using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>The steps of a grant's life. Pure.</summary>
internal static class GrantLife
{
    /// <summary>From which states a step is possible, and where it leads.</summary>
    public static readonly IReadOnlyDictionary<GrantStep, (GrantState[] From, GrantState To)> Steps = new Dictionary<GrantStep, (GrantState[], GrantState)>
    {
        [GrantStep.Notice] = ([GrantState.Offered], GrantState.Offered),
        [GrantStep.Sign] = ([GrantState.Offered], GrantState.Active),
        [GrantStep.Withdraw] = ([GrantState.Offered], GrantState.Withdrawn),
        [GrantStep.Suspend] = ([GrantState.Active], GrantState.Suspended),
        [GrantStep.Resume] = ([GrantState.Suspended], GrantState.Active),
        [GrantStep.End] = ([GrantState.Active, GrantState.Suspended], GrantState.Ended),
    };

    /// <summary>Why a step is not possible now; null when it is.</summary>
    public static string? Problem(Grant grant, GrantStep step) => Steps[step].From.Contains(grant.State)
        ? null
        : $"{grant.Id} is {WordForm.Of(grant.State)}; to {WordForm.Of(step)} it, it must be {string.Join(" or ", Steps[step].From.Select(state => WordForm.Of(state)))}.";

    /// <summary>Whether a grant stands: signed and not over, so that exclusivity counts it.</summary>
    public static bool Stands(Grant grant) => grant.State is GrantState.Active or GrantState.Suspended;
}
