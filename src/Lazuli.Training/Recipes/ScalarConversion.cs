using System.Globalization;

namespace Lazuli.Training;

/// <summary>Converts text to the type its key asks for, by YAML 1.2's core rules: <c>3e-4</c> is a number, <c>no</c> is text, what is quoted is text.</summary>
internal static class ScalarConversion
{
    private const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Converts <paramref name="scalar"/> to <paramref name="type"/>; false where its text is not of that type.</summary>
    public static bool TryConvert(ScalarNode scalar, Type type, out object? value)
    {
        value = null;
        if (type == typeof(string))
        {
            value = scalar.Text;
            return true;
        }

        if (type.IsEnum)
        {
            return TryConvertName(scalar.Text, type, out value);
        }

        if (!scalar.IsPlain)
        {
            return false;
        }

        if (type == typeof(bool))
        {
            value = scalar.Text switch { "true" or "True" or "TRUE" => true, "false" or "False" or "FALSE" => false, _ => null };
            return value is not null;
        }

        return type == typeof(float) || type == typeof(double)
            ? TryConvertReal(scalar.Text, type, out value)
            : TryConvertWhole(scalar.Text, type, out value);
    }

    private static bool TryConvertName(string text, Type type, out object? value)
    {
        string? member = Enum.GetNames(type).FirstOrDefault(name => RecipeBinder.NameOf(name).Equals(text, StringComparison.OrdinalIgnoreCase));
        value = member is null ? null : Enum.Parse(type, member);
        return member is not null;
    }

    private static bool TryConvertReal(string text, Type type, out object? value)
    {
        value = null;
        if (!double.TryParse(text, Real, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
        {
            return false;
        }

        value = type == typeof(float) ? (float)number : number;
        return true;
    }

    /// <summary>Whole numbers; also written with an exponent (<c>1e9</c>) where the value is whole.</summary>
    private static bool TryConvertWhole(string text, Type type, out object? value)
    {
        value = null;
        if (!decimal.TryParse(text, Real, CultureInfo.InvariantCulture, out decimal number) || number != decimal.Truncate(number))
        {
            return false;
        }

        try
        {
            value = Convert.ChangeType(number, type, CultureInfo.InvariantCulture);
            return true;
        }
        catch (OverflowException)
        {
            return false; // said as "expected a whole number"; the ranges of our keys lie well inside
        }
    }
}
