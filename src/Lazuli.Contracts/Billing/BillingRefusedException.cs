namespace Lazuli.Contracts;

/// <summary>A change of prices or money that was refused; nothing of it happened.</summary>
public sealed class BillingRefusedException : Exception
{
    /// <param name="code">Why, for programs.</param>
    /// <param name="message">What was wanted, what came, what to do.</param>
    /// <param name="inner">What it came from.</param>
    public BillingRefusedException(BillingRefusal code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <param name="code">Why, for programs.</param>
    /// <param name="place">Where in the document, e.g. <c>$.rates[1].tiers[0].upTo</c>.</param>
    /// <param name="expected">What should stand there.</param>
    /// <param name="found">What does.</param>
    /// <param name="inner">What it came from.</param>
    public BillingRefusedException(BillingRefusal code, string place, string expected, string found, Exception? inner = null)
        : base($"{place}: expected {expected}, found {found}", inner)
    {
        Code = code;
        Place = place;
    }

    /// <summary>Why, for programs.</summary>
    public BillingRefusal Code { get; }

    /// <summary>Where in the document; empty when there is none.</summary>
    public string Place { get; } = "";
}
