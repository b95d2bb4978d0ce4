using System.Globalization;

namespace Lazuli.Compute;

/// <summary>Operations that a run may take.</summary>
/// <param name="Flop">FLOP by operation count.</param>
public sealed record ComputeBudget(double Flop)
{
    /// <summary>Least budget: a few hundred steps of the smallest model of the ladder.</summary>
    public const double LeastFlop = 1e11;

    /// <summary>Greatest budget: twice the largest run known in 2026 (5e26), and what the ladder's largest models can use.</summary>
    public const double GreatestFlop = 1e27;

    /// <summary>What is accepted, in words.</summary>
    public static string Accepted { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"a number and its unit: 'pfs-days' (also 'petaflop/s-days', 8.64e19 FLOP) or 'FLOP', from {LeastFlop:0e+0} to {GreatestFlop:0e+0} FLOP ({PetaflopDays.FromFlop(LeastFlop):0.0e+0} to {PetaflopDays.FromFlop(GreatestFlop):0.0e+0} pfs-days), e.g. \"0.02 pfs-days\" or \"1e18 FLOP\"");

    /// <summary>Petaflop/s-days.</summary>
    public double PfsDays => PetaflopDays.FromFlop(Flop);

    /// <summary>Reads <c>0.02 pfs-days</c> or <c>1e18 FLOP</c>; where it cannot be used, <paramref name="reason"/> says why.</summary>
    public static ComputeBudget? TryParse(string text, out string reason)
    {
        text = text.Trim();
        int end = 0;
        while (end < text.Length && IsOfNumber(text, end))
        {
            end++;
        }

        string unit = text[end..].Trim();
        if (!double.TryParse(text[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            reason = $"'{text}' does not begin with a number";
            return null;
        }

        double? scale = unit.ToUpperInvariant() switch
        {
            "FLOP" or "FLOPS" => 1,
            "PFS-DAYS" or "PFS-DAY" or "PF-DAYS" or "PF-DAY" or "PETAFLOP/S-DAYS" or "PETAFLOP/S-DAY" => PetaflopDays.Operations,
            _ => null,
        };
        if (scale is null)
        {
            reason = unit.Length == 0 ? $"'{text}' has no unit" : $"'{unit}' is no unit of compute";
            return null;
        }

        return Check(number * scale.Value, text, out reason);
    }

    private static ComputeBudget? Check(double flop, string text, out string reason)
    {
        if (double.IsFinite(flop) && flop >= LeastFlop && flop <= GreatestFlop)
        {
            reason = string.Empty;
            return new ComputeBudget(flop);
        }

        reason = flop <= 0 ? $"'{text}' is not above 0"
            : flop < LeastFlop ? string.Create(CultureInfo.InvariantCulture, $"'{text}' is {flop:0.0e+0} FLOP, too little to train any model")
            : string.Create(CultureInfo.InvariantCulture, $"'{text}' is {flop:0.0e+0} FLOP, more than any machine on Earth has done");
        return null;
    }

    private static bool IsOfNumber(string text, int at) =>
        char.IsAsciiDigit(text[at]) || text[at] is '.' or '+' or '-'
        || (text[at] is 'e' or 'E' && at + 1 < text.Length && (char.IsAsciiDigit(text[at + 1]) || text[at + 1] is '+' or '-'));
}
