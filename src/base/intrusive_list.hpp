// A doubly linked list whose links live in the objects: no allocation, and an object can leave
// its list knowing nothing but itself. For the timer wheel and the connection pools.
#pragma once

namespace errgate::base {

// Base of whatever can stand in a list. An object that may stand in several lists at once derives
// from one ListNode a list, told apart by Tag. Leaves its list when destroyed. One thread.
template <class Tag = void>
class ListNode {
  public:
    ListNode() = default;
    ~ListNode() { unlink(); }
    ListNode(const ListNode&) = delete;
    ListNode& operator=(const ListNode&) = delete;

    bool is_linked() const { return next_ != this; }
    // Leaves the list it stands in; nothing happens when it stands in none.
    void unlink() {
        prev_->next_ = next_;
        next_->prev_ = prev_;
        prev_ = next_ = this;
    }

  private:
    template <class, class>
    friend class IntrusiveList;

    // Must stand in no list.
    void link_before(ListNode& position) {
        prev_ = position.prev_;
        next_ = &position;
        prev_->next_ = this;
        position.prev_ = this;
    }

    ListNode* prev_ = this;
    ListNode* next_ = this;
};

// T derives from ListNode<Tag>. Does not own its elements: destroying the list unlinks them, and
// destroying an element takes it out. Pushing an element moves it from the list it stood in.
template <class T, class Tag = void>
class IntrusiveList {
    using Node = ListNode<Tag>;

  public:
    IntrusiveList() = default;
    ~IntrusiveList() { clear(); }
    IntrusiveList(const IntrusiveList&) = delete;
    IntrusiveList& operator=(const IntrusiveList&) = delete;

    bool empty() const { return !head_.is_linked(); }
    void push_front(T& element) {
        node(element).unlink();  // first: it may itself be the front
        node(element).link_before(*head_.next_);
    }
    void push_back(T& element) {
        node(element).unlink();
        node(element).link_before(head_);
    }

    // Null when the list is empty.
    T* front() { return element_of(head_.next_); }
    T* back() { return element_of(head_.prev_); }
    T* pop_front() { return take(front()); }
    T* pop_back() { return take(back()); }
    // The one after `element`, which must stand in this list; null at the end.
    T* next(T& element) { return element_of(node(element).next_); }

    // Moves everything in `other` behind what is here, in O(1).
    void splice_back(IntrusiveList& other) {
        if (&other == this || other.empty()) return;
        Node* first = other.head_.next_;
        Node* last = other.head_.prev_;
        other.head_.prev_ = other.head_.next_ = &other.head_;
        first->prev_ = head_.prev_;
        last->next_ = &head_;
        head_.prev_->next_ = first;
        head_.prev_ = last;
    }

    void clear() {
        while (!empty())
            head_.next_->unlink();
    }

  private:
    static Node& node(T& element) { return element; }
    T* element_of(Node* at) { return at == &head_ ? nullptr : static_cast<T*>(at); }
    static T* take(T* element) {
        if (element != nullptr) node(*element).unlink();
        return element;
    }

    Node head_;  // the ring's fixed point, no element
};

}  // namespace errgate::base
