namespace Lazuli.Training;

/// <summary>What a documented member is.</summary>
internal enum MemberKind
{
    Type,
    Method,
    Constructor,
    Operator,
    Property,
    Field,
    Event,
}
