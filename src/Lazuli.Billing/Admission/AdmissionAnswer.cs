using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>What the book says to a request.</summary>
internal abstract record AdmissionAnswer
{
    private AdmissionAnswer()
    {
    }

    /// <summary>A hold is taken.</summary>
    public sealed record Admitted(Hold Hold) : AdmissionAnswer;

    /// <summary>Not now: money is held by others that may give it back. Nothing is taken. As a refusal it reads <paramref name="Otherwise"/>.</summary>
    public sealed record Wait(AccountState Account, Refused Otherwise) : AdmissionAnswer;

    /// <summary>No; nothing is taken.</summary>
    public sealed record Refused(AdmissionRefusal Code, string Reason, TimeSpan? RetryAfter) : AdmissionAnswer
    {
        /// <summary>The account whose money does not do; null where it is not about that.</summary>
        public AccountState? ShortOf { get; init; }
    }
}
