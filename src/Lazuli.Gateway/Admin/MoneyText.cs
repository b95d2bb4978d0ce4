using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Amounts as text: exact, with a point, without a group separator.</summary>
public static class MoneyText
{
    /// <summary>The amount in units, at least two decimals.</summary>
    public static string Amount(Money money) => money.Units.ToString("0.00#######", CultureInfo.InvariantCulture);

    /// <summary>Reads an amount in units with at most nine decimals, and a currency of three capital letters.</summary>
    public static bool TryParse(string amount, string currency, out Money money)
    {
        money = default;
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper) ||
            !decimal.TryParse(amount, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal units))
        {
            return false;
        }

        const decimal MostUnits = 10_000_000_000; // above what an amount holds, and far below what a decimal does
        decimal nanos = units * (Math.Abs(units) < MostUnits ? Money.NanosPerUnit : 0);
        if (Math.Abs(units) >= MostUnits || nanos is < long.MinValue or > long.MaxValue || nanos != decimal.Truncate(nanos))
        {
            return false;
        }

        money = new Money((long)nanos, new Currency(currency));
        return true;
    }
}
