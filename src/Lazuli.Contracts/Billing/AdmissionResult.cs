namespace Lazuli.Contracts;

/// <summary>What came of asking to be admitted.</summary>
public abstract record AdmissionResult
{
    private AdmissionResult()
    {
    }

    /// <summary>Come in; a hold is taken and lives until it is settled.</summary>
    public sealed record Admitted(IAdmittedRequest Request) : AdmissionResult;

    /// <summary>No; nothing is held.</summary>
    /// <param name="Code">Why, for programs.</param>
    /// <param name="Reason">Why, for people: the limit, what is settled, what is held.</param>
    /// <param name="RetryAfter">When it may go better; null when waiting alone does not help.</param>
    /// <param name="Limits">The key's limits as they stand.</param>
    public sealed record Refused(AdmissionRefusal Code, string Reason, TimeSpan? RetryAfter, LimitState Limits) : AdmissionResult;
}
