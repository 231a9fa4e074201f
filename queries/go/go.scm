;;; pack: go
;;; language: go
;;; store: none
;;; kind go.mutex: type sync.Mutex type sync.RWMutex

((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Lock" "RLock")
  (#set! recv "go.mutex") (#set! does "take") (#set! token "process"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Unlock" "RUnlock")
  (#set! recv "go.mutex") (#set! does "release") (#set! token "process"))
