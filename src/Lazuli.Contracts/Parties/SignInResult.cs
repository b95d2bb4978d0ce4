namespace Lazuli.Contracts;

/// <summary>What came of signing in.</summary>
public abstract record SignInResult
{
    private SignInResult()
    {
    }

    /// <summary>Known.</summary>
    /// <param name="Actor">In whose name changes are made from now on.</param>
    public sealed record Known(Actor Actor) : SignInResult;

    /// <summary>Not known.</summary>
    /// <param name="Reason">Why, for the caller: nothing of the token's secret parts.</param>
    public sealed record Unknown(string Reason) : SignInResult;

    /// <summary>The issuer's keys cannot be had now, so nobody can be told from anybody.</summary>
    /// <param name="Reason">Why, for the operator.</param>
    public sealed record Unavailable(string Reason) : SignInResult;
}
