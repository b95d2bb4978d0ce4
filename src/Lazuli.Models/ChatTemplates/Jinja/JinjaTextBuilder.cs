using System.Text;

namespace Lazuli.Models;

/// <summary>Joins texts, keeping who wrote what.</summary>
internal sealed class JinjaTextBuilder
{
    private readonly StringBuilder _value = new();
    private readonly List<int> _turns = [];

    public int Length => _value.Length;

    public void Append(JinjaText text) => Append(text, 0, text.Length);

    public void Append(JinjaText text, int start, int length)
    {
        foreach ((int partStart, int partLength, bool given) in text.Parts(start, length))
        {
            Append(text.Value.AsSpan(partStart, partLength), given);
        }
    }

    public void Append(ReadOnlySpan<char> characters, bool given)
    {
        if (characters.Length == 0)
        {
            return;
        }

        if (given != (_turns.Count % 2 == 1))
        {
            _turns.Add(_value.Length);
        }

        _value.Append(characters);
    }

    public JinjaText ToText() => _value.Length == 0 ? JinjaText.Empty : JinjaText.Of(_value.ToString(), _turns);
}
