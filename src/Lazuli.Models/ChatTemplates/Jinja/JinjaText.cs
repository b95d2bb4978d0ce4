using System.Text;

namespace Lazuli.Models;

/// <summary>Text that remembers, character by character, whether the template wrote it or it was given (as content of a message, for one).</summary>
/// <remarks>
/// <para>Immutable. <c>_turns</c> holds the places where the writer changes, rising; before the first one the template is the writer.</para>
/// <para>Lengths and places are UTF-16 units here; <see cref="CodePointCount"/> and <see cref="OffsetOf"/> speak Python's language.</para>
/// </remarks>
internal sealed class JinjaText
{
    private static readonly int[] Never = [];
    private static readonly int[] AtOnce = [0];

    private readonly int[] _turns;
    private int _codePoints = -1;

    private JinjaText(string value, int[] turns)
    {
        Value = value;
        _turns = turns;
    }

    public static JinjaText Empty { get; } = new(string.Empty, Never);

    public string Value { get; }

    public int Length => Value.Length;

    /// <summary>Python's length.</summary>
    public int CodePointCount
    {
        get
        {
            if (_codePoints < 0)
            {
                int pairs = 0;
                for (int i = 1; i < Value.Length; i++)
                {
                    pairs += char.IsSurrogatePair(Value[i - 1], Value[i]) ? 1 : 0;
                }

                _codePoints = Value.Length - pairs;
            }

            return _codePoints;
        }
    }

    /// <summary>Whether any character was given.</summary>
    public bool HasGiven => _turns.Length > 0;

    public static JinjaText Written(string value) => value.Length == 0 ? Empty : new(value, Never);

    public static JinjaText Given(string value) => value.Length == 0 ? Empty : new(value, AtOnce);

    /// <summary>One writer for a text made from this one as a whole, such as JSON: given, if any part of it was.</summary>
    public static JinjaText Of(string value, bool given) => given ? Given(value) : Written(value);

    /// <summary>From a builder's parts.</summary>
    public static JinjaText Of(string value, List<int> turns) => new(value, turns.Count == 0 ? Never : [.. turns]);

    /// <summary>The same writers with other characters, one for one.</summary>
    public JinjaText WithCharacters(string value) =>
        value.Length == Value.Length ? new(value, _turns) : throw new ArgumentException($"Characters change one for one; {Value.Length} became {value.Length}.", nameof(value));

    public JinjaText Slice(int start, int length)
    {
        if (length == Value.Length)
        {
            return this;
        }

        var builder = new JinjaTextBuilder();
        builder.Append(this, start, length);
        return builder.ToText();
    }

    /// <summary>UTF-16 offset of a code point.</summary>
    public int OffsetOf(int codePoint)
    {
        if (CodePointCount == Value.Length)
        {
            return codePoint;
        }

        int offset = 0;
        for (; codePoint > 0; codePoint--)
        {
            offset += offset + 1 < Value.Length && char.IsSurrogatePair(Value[offset], Value[offset + 1]) ? 2 : 1;
        }

        return offset;
    }

    /// <summary>Python's index of a UTF-16 offset.</summary>
    public int CodePointAt(int offset) => CodePointCount == Value.Length ? offset : offset - Pairs(offset);

    /// <summary>The parts of [start, start + length) with one writer each, in order.</summary>
    public IEnumerable<(int Start, int Length, bool Given)> Parts(int start, int length)
    {
        int end = start + length;
        int next = Array.BinarySearch(_turns, start);
        next = next >= 0 ? next + 1 : ~next;
        while (start < end)
        {
            int stop = next < _turns.Length ? Math.Min(end, _turns[next]) : end;
            yield return (start, stop - start, next % 2 == 1);
            start = stop;
            next++;
        }
    }

    public override string ToString() => Value;

    private int Pairs(int end)
    {
        int pairs = 0;
        for (int i = 1; i < end; i++)
        {
            pairs += char.IsSurrogatePair(Value[i - 1], Value[i]) ? 1 : 0;
        }

        return pairs;
    }
}
