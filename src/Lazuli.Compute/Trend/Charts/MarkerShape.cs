namespace Lazuli.Compute;

/// <summary>Symbols that differ in shape as well as in colour.</summary>
internal enum MarkerShape
{
    Circle,
    Square,
    Triangle,
    Diamond,
}
