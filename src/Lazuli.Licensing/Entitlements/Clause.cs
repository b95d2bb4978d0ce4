namespace Lazuli.Licensing;

/// <summary>What a link of a chain is asked, in this order; of several licences that refuse, the one that came furthest gives the reason.</summary>
internal enum Clause
{
    Model,
    Right,
    Field,
    Term,
    Condition,
    State,
}
