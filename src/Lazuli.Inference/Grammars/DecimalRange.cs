using System.Globalization;

namespace Lazuli.Inference;

/// <summary>Decimal numbers between two integers, as JSON writes them.</summary>
internal static class DecimalRange
{
    /// <summary>The largest integer that is let through: 18 digits.</summary>
    public const long Largest = 999_999_999_999_999_999;

    private const int FractionDigits = 18;

    public static GrammarExpression Digits(int min, int max) => new RepeatExpression(new CharactersExpression(CharacterSet.Of(('0', '9'))), min, max);

    /// <summary>Integers from <paramref name="min"/> to <paramref name="max"/>, without leading zeros and without −0.</summary>
    public static GrammarExpression Integers(long min, long max) => Signed(min, max, Magnitudes, zeroIsNegative: false);

    /// <summary>Numbers from <paramref name="min"/> to <paramref name="max"/>, with up to 18 digits after the point and no exponent.</summary>
    public static GrammarExpression Numbers(long min, long max) => Signed(min, max, Fractions, zeroIsNegative: true);

    private static GrammarExpression Signed(long min, long max, Func<long, long, GrammarExpression> magnitudes, bool zeroIsNegative)
    {
        var options = new List<GrammarExpression>();
        if (max >= 0)
        {
            options.Add(magnitudes(Math.Max(min, 0), max));
        }

        long least = Math.Max(-max, zeroIsNegative ? 0 : 1);
        if (min < 0 && least <= -min)
        {
            options.Add(GrammarExpression.Sequence(GrammarExpression.Text("-"), magnitudes(least, -min)));
        }

        return new ChoiceExpression(options);
    }

    /// <summary>Any integer part below the upper bound with any fraction, or the bound itself with zeros.</summary>
    private static GrammarExpression Fractions(long min, long max)
    {
        GrammarExpression zeros = GrammarExpression.Optional(GrammarExpression.Sequence(GrammarExpression.Text("."), new RepeatExpression(GrammarExpression.Text("0"), 1, FractionDigits)));
        GrammarExpression bound = GrammarExpression.Sequence(GrammarExpression.Text(max.ToString(CultureInfo.InvariantCulture)), zeros);
        return min == max ? bound : GrammarExpression.Choice(
            GrammarExpression.Sequence(Magnitudes(min, max - 1), GrammarExpression.Optional(GrammarExpression.Sequence(GrammarExpression.Text("."), Digits(1, FractionDigits)))),
            bound);
    }

    private static GrammarExpression Magnitudes(long min, long max)
    {
        var options = new List<GrammarExpression>();
        for (long low = min; low <= max;)
        {
            string digits = low.ToString(CultureInfo.InvariantCulture);
            long high = Math.Min(max, digits.Length >= 18 ? Largest : long.Parse("1" + new string('0', digits.Length), CultureInfo.InvariantCulture) - 1);
            options.Add(SameLength(digits, high.ToString(CultureInfo.InvariantCulture)));
            low = high + 1;
        }

        return new ChoiceExpression(options);
    }

    /// <summary>Digits between two numbers of equal length.</summary>
    private static GrammarExpression SameLength(string low, string high)
    {
        if (low.Length == 0)
        {
            return GrammarExpression.Empty;
        }

        if (low[0] == high[0])
        {
            return GrammarExpression.Sequence(GrammarExpression.Text(low[..1]), SameLength(low[1..], high[1..]));
        }

        var options = new List<GrammarExpression>();
        string zeros = new('0', low.Length - 1);
        string nines = new('9', low.Length - 1);
        char first = low[0];
        char last = high[0];
        if (low[1..] != zeros)
        {
            options.Add(GrammarExpression.Sequence(GrammarExpression.Text(low[..1]), SameLength(low[1..], nines)));
            first++;
        }

        if (high[1..] != nines)
        {
            options.Add(GrammarExpression.Sequence(GrammarExpression.Text(high[..1]), SameLength(zeros, high[1..])));
            last--;
        }

        if (first <= last)
        {
            options.Add(GrammarExpression.Sequence(new CharactersExpression(CharacterSet.Of((first, last))), Digits(zeros.Length, zeros.Length)));
        }

        return new ChoiceExpression(options);
    }
}
