namespace Lazuli.Models;

/// <summary>One rendering: what it has spent, how deep it is, and where in the template it stands.</summary>
internal sealed class JinjaRun(JinjaSource source, JinjaLimits limits, TimeProvider time)
{
    private long _work;
    private long _iterations;
    private int _depth;

    /// <summary>Offset of the node at work; errors name it.</summary>
    public int At { get; set; }

    public JinjaLimits Limits => limits;

    public TimeProvider Time => time;

    /// <summary>Counts one evaluated node.</summary>
    public void Step() => SpendEighths(8);

    /// <summary>Counts characters or elements that are read.</summary>
    public void Spend(long characters) => SpendEighths(characters);

    /// <summary>Counts characters that are made; they cost more than reading, because they may stay.</summary>
    public void Made(long characters) => SpendEighths(characters * 4);

    /// <summary>Counts a search whose worst case is the product of two lengths.</summary>
    public void SpendSearch(int length, int wanted) => SpendEighths(length + ((long)length * wanted / 16));

    public void CountIterations(long count)
    {
        _iterations += count;
        if (_iterations > limits.LoopIterations)
        {
            throw Limit($"at most {limits.LoopIterations} passes through loops");
        }
    }

    public void CheckOutput(long length)
    {
        if (length > limits.OutputLength)
        {
            throw Limit($"at most {limits.OutputLength} characters of text");
        }
    }

    public void Enter()
    {
        if (++_depth > limits.Depth)
        {
            throw Limit($"expressions, blocks, macros and values nested at most {limits.Depth} deep");
        }
    }

    public void Leave() => _depth--;

    public JinjaException Fail(string expected, string found) => source.Fail(JinjaErrorKind.Evaluation, At, expected, found);

    public JinjaException Refuse(string message) => source.Fail(JinjaErrorKind.Refused, At, "a dialogue that this template takes", message);

    public JinjaException Limit(string expected) => source.Fail(JinjaErrorKind.Limit, At, expected, "more");

    private void SpendEighths(long eighths)
    {
        _work += eighths;
        if (_work >> 3 > limits.Steps)
        {
            throw Limit($"at most {limits.Steps} steps");
        }
    }
}
