namespace Lazuli.Contracts;

/// <summary>Says why a use is allowed or refused, link by link. Thread-safe; decided on the facts in force.</summary>
public interface IGrantExplainer
{
    /// <summary>Explains the decision on a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="viewer">Who reads it: a party sees the clauses of links that it is licensor or licensee of, of others only whether they hold; null is the installation's operator, who sees all.</param>
    GrantExplanation Explain(EntitlementQuestion question, PartyId? viewer);

    /// <summary>The explanation as lines of text.</summary>
    string ToText(GrantExplanation explanation);
}
