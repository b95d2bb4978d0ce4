using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Minor units by ISO 4217: what an invoice rounds to.</summary>
internal static class CurrencyDigits
{
    private static readonly HashSet<string> s_none = ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"];
    private static readonly HashSet<string> s_three = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

    /// <summary>Whether a text has the form of a currency's code.</summary>
    public static bool IsCode(string text) => text.Length == 3 && text.All(char.IsAsciiLetterUpper);

    /// <summary>Digits after the point: 2 for most.</summary>
    public static int Of(Currency currency) => s_none.Contains(currency.Code) ? 0 : s_three.Contains(currency.Code) ? 3 : 2;

    /// <summary>Nano-units in the smallest amount that can be paid, e.g. 10,000,000 in a cent.</summary>
    public static long MinorUnitNanos(Currency currency) => Of(currency) switch
    {
        0 => Money.NanosPerUnit,
        3 => Money.NanosPerUnit / 1000,
        _ => Money.NanosPerUnit / 100,
    };
}
