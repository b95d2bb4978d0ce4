namespace Lazuli.Training;

/// <summary>Operators as they are written in C#.</summary>
internal static class OperatorSigns
{
    private static readonly Dictionary<string, string> s_signs = new(StringComparer.Ordinal)
    {
        ["Addition"] = "+", ["Subtraction"] = "-", ["Multiply"] = "*", ["Division"] = "/", ["Modulus"] = "%",
        ["BitwiseAnd"] = "&", ["BitwiseOr"] = "|", ["ExclusiveOr"] = "^", ["OnesComplement"] = "~", ["LogicalNot"] = "!",
        ["Equality"] = "==", ["Inequality"] = "!=", ["LessThan"] = "<", ["LessThanOrEqual"] = "<=", ["GreaterThan"] = ">", ["GreaterThanOrEqual"] = ">=",
        ["LeftShift"] = "<<", ["RightShift"] = ">>", ["UnsignedRightShift"] = ">>>",
        ["UnaryNegation"] = "unary -", ["UnaryPlus"] = "unary +", ["Increment"] = "++", ["Decrement"] = "--", ["True"] = "true", ["False"] = "false",
        ["Implicit"] = "implicit", ["Explicit"] = "explicit",
    };

    /// <summary>E.g. <c>operator ==</c> for <c>op_Equality</c>; <c>checked</c> variants say so.</summary>
    public static string Of(string method)
    {
        string name = method["op_".Length..];
        bool isChecked = name.StartsWith("Checked", StringComparison.Ordinal);
        string sign = s_signs.GetValueOrDefault(isChecked ? name["Checked".Length..] : name, name);
        return isChecked ? $"checked operator {sign}" : $"operator {sign}";
    }
}
