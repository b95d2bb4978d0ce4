namespace Lazuli.Compute;

/// <summary>The unit that training compute is counted in: 1e15 operations a second for one day, 8.64e19 operations.</summary>
/// <remarks>Additions and multiplications count separately, whatever their precision. Source: Amodei and Hernandez, AI and Compute, 2018.</remarks>
public static class PetaflopDays
{
    /// <summary>Operations in one petaflop/s-day; exact.</summary>
    public const double Operations = 8.64e19;

    /// <summary>Petaflop/s-days of <paramref name="flop"/> operations.</summary>
    public static double FromFlop(double flop) => flop / Operations;

    /// <summary>Operations in <paramref name="petaflopDays"/>.</summary>
    public static double ToFlop(double petaflopDays) => petaflopDays * Operations;
}
