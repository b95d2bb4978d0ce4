namespace Lazuli.Contracts;

/// <summary>An exact amount of money: whole nano-units, 10⁻⁹ of the currency's unit, since a token costs as little as 10⁻⁹ and rounding comes once, on an invoice's line.</summary>
/// <param name="Nanos">Nano-units; negative where money is owed the other way. A signed 64-bit integer holds 9.2 billion units.</param>
/// <param name="Currency">Of what.</param>
public readonly record struct Money(long Nanos, Currency Currency)
{
    /// <summary>Nano-units in a unit.</summary>
    public const long NanosPerUnit = 1_000_000_000;

    /// <summary>The amount in units, exact.</summary>
    public decimal Units => (decimal)Nanos / NanosPerUnit;

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Units:0.00#######} {Currency}");
}
