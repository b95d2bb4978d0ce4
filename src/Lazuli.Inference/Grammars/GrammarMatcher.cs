namespace Lazuli.Inference;

/// <summary>Where one sequence stands in its grammar. Not thread-safe; with warm caches nothing here allocates but <see cref="Clone"/>.</summary>
public sealed class GrammarMatcher
{
    private readonly VocabularyGrammar _grammar;
    private GrammarState _state;

    internal GrammarMatcher(VocabularyGrammar grammar)
    {
        _grammar = grammar;
        _state = grammar.Start;
    }

    private GrammarMatcher(GrammarMatcher other)
    {
        _grammar = other._grammar;
        _state = other._state;
        IsEnded = other.IsEnded;
    }

    /// <summary>Whether the text so far is whole: exactly then an end id may come.</summary>
    public bool IsComplete => _state.IsComplete;

    /// <summary>Whether an end id was accepted; nothing can follow.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Sets the bits of the tokens that can come next and clears all others.</summary>
    /// <param name="allowed">At least <see cref="GrammarVocabulary.MaskLength"/> words; token <c>id</c> is bit <c>id % 64</c> of word <c>id / 64</c>. Words past the mask are cleared.</param>
    /// <exception cref="ArgumentException"><paramref name="allowed"/> is too short.</exception>
    /// <exception cref="GrammarException">The grammar can read the text in too many ways at once.</exception>
    public void FillMask(Span<ulong> allowed)
    {
        int length = _grammar.Vocabulary.MaskLength;
        if (allowed.Length < length)
        {
            throw new ArgumentException($"A mask of {_grammar.Vocabulary.Size} tokens has {length} words; got {allowed.Length}.", nameof(allowed));
        }

        if (IsEnded)
        {
            allowed.Clear();
            return;
        }

        _grammar.MaskOf(_state).CopyTo(allowed);
        allowed[length..].Clear();
    }

    /// <summary>Goes on by a token; false, and nothing changed, when it cannot come here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    /// <exception cref="GrammarException">The grammar can read the text in too many ways at once.</exception>
    public bool Accept(int tokenId)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokenId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(tokenId, _grammar.Vocabulary.Size);
        if (IsEnded)
        {
            return false;
        }

        if (Array.IndexOf(_grammar.Vocabulary.EndIds, tokenId) >= 0)
        {
            IsEnded = IsComplete;
            return IsEnded;
        }

        byte[] bytes = _grammar.Vocabulary.BytesOf(tokenId);
        GrammarState next = bytes.Length == 0 ? GrammarState.Dead : _grammar.After(_state, bytes);
        if (ReferenceEquals(next, GrammarState.Dead))
        {
            return false;
        }

        _state = next;
        return true;
    }

    /// <summary>A matcher that stands where this one does.</summary>
    public GrammarMatcher Clone() => new(this);

    /// <summary>Goes back, or on, to where <paramref name="other"/> stands: after a draft was refused, for one.</summary>
    /// <exception cref="ArgumentException">It belongs to another grammar.</exception>
    public void Restore(GrammarMatcher other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!ReferenceEquals(other._grammar, _grammar))
        {
            throw new ArgumentException("The matchers belong to different grammars.", nameof(other));
        }

        _state = other._state;
        IsEnded = other.IsEnded;
    }
}
